// Hand every recently active contact to a CRM, at CRM_URL, one after the other.
import { contacts, print } from "./contacts.mjs";

const [days] = process.argv.slice(2);
const { CRM_URL, CRM_TOKEN } = process.env;

async function hand_over(contact) {
  const { id: external_id, name, phone, email, platform, last_message_at, chat_status } = contact;
  const record = { external_id, name, phone, email, platform, last_activity: last_message_at, status: chat_status };
  const answer = await fetch(CRM_URL, {
    method: "POST",
    headers: { authorization: `Bearer ${CRM_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(record),
  });
  await answer.arrayBuffer();
  return answer.status;
}

const statuses = [];
for (const contact of await contacts({ days })) statuses.push(await hand_over(contact));
print({ exported: statuses.filter((status) => status === 201).length });
