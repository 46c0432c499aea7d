// How many contacts each channel has had in the given number of days, and who they are.
import { contacts, ids, print } from "./contacts.mjs";

const [days] = process.argv.slice(2);
const channels = {};
for (const contact of await contacts({ days })) {
  (channels[contact.platform ?? "unknown"] ??= []).push(contact);
}
print(Object.fromEntries(Object.entries(channels).map(([name, list]) => [name, ids(list)])));
