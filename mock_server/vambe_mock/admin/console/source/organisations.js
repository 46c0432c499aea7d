// The whole keys that the page knows, by the names of their organisations: those that were made here. In memory alone.
import { signal } from "@preact/signals";

export const keys = signal({});
