// What views share: something loaded from the server that is looked at again when the stream says so.
import { effect, signal } from "@preact/signals";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { key } from "./client.js";
import { arrivals, changes } from "./live.js";

// Loads `load(aborted)` at once, when `inputs` or the organisation change, and on reload().
// `on`: also when one of these signals counts up ("changes", "arrivals"), at most every `every` milliseconds, and less
// often where the answer takes long, so that looking does not keep the server busy.
// Returns { data, problem, loading, reload }.
export function useLoaded(load, inputs = [], { on = ["changes"], every = 500 } = {}) {
  const [told, setTold] = useState({ data: undefined, problem: null, loading: true });
  const latest = useRef(load);
  latest.current = load;
  const running = useRef(null);
  const took = useRef(0);

  const reload = useCallback(async () => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    const began = performance.now();
    try {
      const data = await latest.current(control.signal);
      took.current = performance.now() - began;
      if (!control.signal.aborted) setTold({ data, problem: null, loading: false });
    } catch (problem) {
      if (!control.signal.aborted) setTold((before) => ({ ...before, problem, loading: false }));
    }
  }, []);

  useEffect(() => {
    setTold((before) => ({ ...before, loading: true }));
    reload();
    return () => running.current?.abort();
  }, inputs);

  useEffect(() => {
    let timer = null;
    let last = 0;
    let first = true;
    let again = false;
    let over = false;
    const look = () => {
      again = true;
      if (timer !== null || over) return;
      const pause = Math.max(every, Math.min(4 * took.current, 3000));
      timer = setTimeout(async () => {
        again = false;
        await reload(); // to its end: the next one would abort it, and under load none would ever end
        last = performance.now();
        timer = null;
        if (again) look();
      }, Math.max(0, last + pause - performance.now()));
    };
    const stop = effect(() => {
      void key.value;
      for (const name of on) void { arrivals, changes }[name].value;
      if (first) first = false;
      else look();
    });
    return () => {
      over = true;
      stop();
      clearTimeout(timer);
    };
  }, []);

  return { ...told, reload };
}

// Does something once at a time: returns [run, busy, problem].
export function useAction(work) {
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const [problem, setProblem] = useState(null);
  const run = async (...given) => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      return await work(...given);
    } catch (error) {
      setProblem(error);
      return undefined;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return [run, busy, problem, () => setProblem(null)];
}

// What the page says when something was done; read out by screen readers.
export const said = signal("");
let silence;
export function say(text) {
  said.value = text;
  clearTimeout(silence);
  silence = setTimeout(() => {
    said.value = "";
  }, 6000);
}

// Whether the window is narrow, as on a phone.
const wide = matchMedia("(min-width: 50rem)");
export function useNarrow() {
  const [narrow, setNarrow] = useState(!wide.matches);
  useEffect(() => {
    const look = () => setNarrow(!wide.matches);
    wide.addEventListener("change", look);
    return () => wide.removeEventListener("change", look);
  }, []);
  return narrow;
}
