// Who has gone quiet: active within the longer span, but not within the shorter one.
import { contacts, ids, print } from "./contacts.mjs";

const [shorter, longer] = process.argv.slice(2);
const [lately, before] = await Promise.all([contacts({ days: shorter }), contacts({ days: longer })]);
const active = new Set(ids(lately));
print(ids(before).filter((id) => !active.has(id)));
