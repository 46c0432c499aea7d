// Who was active in the last week: the contacts as they came.
import { contacts, print } from "./contacts.mjs";

print(await contacts({ days: 7 }));
