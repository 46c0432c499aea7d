// Everybody whose active ticket is in a stage, with all that is known of them.
import { contacts, print } from "./contacts.mjs";

const [days, stage_id] = process.argv.slice(2);
print(await contacts({ days, stage_id }));
