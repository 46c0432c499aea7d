// Bring a copy up to date: walk the pages after the cursor, tell new contacts from changed ones, move the cursor.
import { contacts, ids, print } from "./contacts.mjs";

const [cursor, limit] = process.argv.slice(2);
const fetched = [];
let page;
do {
  page = await contacts({ updated_after: cursor, limit, offset: fetched.length });
  fetched.push(...page);
} while (page.length === Number(limit));

print({
  added: ids(fetched.filter(({ created_at }) => created_at > cursor)),
  changed: ids(fetched.filter(({ created_at }) => created_at <= cursor)),
  cursor: fetched.at(-1)?.updated_at ?? cursor,
});
