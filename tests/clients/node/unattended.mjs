// Who is still waiting: nobody attends to the chat, and nobody has read it.
import { contacts, ids, print } from "./contacts.mjs";

const [days] = process.argv.slice(2);
const waiting = ({ chat_status, is_chat_read }) => chat_status === "UNATTENDED" && !is_chat_read;
print(ids((await contacts({ days })).filter(waiting)));
