// Activity over several spans of days: how many in all, in which state, on which channel.
import { contacts, print } from "./contacts.mjs";

const count = (list, key) =>
  list.reduce((counts, contact) => ({ ...counts, [contact[key]]: (counts[contact[key]] ?? 0) + 1 }), {});

const dashboard = {};
for (const days of process.argv.slice(2)) {
  const list = await contacts({ days });
  dashboard[days] = { total: list.length, states: count(list, "chat_status"), channels: count(list, "platform") };
}
print(dashboard);
