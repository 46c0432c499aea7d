// The same application with contacts: `DATA` is a data set as vambe-mock has it, its anchor is now. A valid query is
// answered with a list, by the documents' rules. The calibration's proof asks it (tests/calibration/stacks.py).
import { readFileSync } from 'node:fs';
import { BadRequestException } from '@nestjs/common';
import { answering, start } from './server.mjs';

const DAY = 86_400_000;
const data = JSON.parse(readFileSync(process.env.DATA, 'utf8'));
const now = Date.parse(data.anchor);
const stages = new Map(data.pipelines.map((pipeline) => [pipeline.id, pipeline.stages.map((stage) => stage.id)]));
const rows = data.contacts.map(({ custom_fields, ...contact }) => ({
  contact,
  custom: custom_fields ?? {},
  stage: contact.active_ticket_v2?.current_stage_id ?? null,
  last_message_at: contact.last_message_at === null ? null : Date.parse(contact.last_message_at),
  created_at: Date.parse(contact.created_at),
  updated_at: Date.parse(contact.updated_at),
}));

function byCustomField(asked) {
  const entities = asked.entity_type ? [asked.entity_type] : ['customer', 'ticket'];
  const known = data.custom_fields.filter((field) => field.key === asked.custom_field_key);
  if (known.length === 0) throw new BadRequestException(`No custom field is called ${asked.custom_field_key}`);
  return (row) => entities.some((entity) => row.custom[entity]?.[asked.custom_field_key] === asked.custom_field_value);
}

function list(asked) {
  const tests = [];
  if (asked.days !== undefined) {
    tests.push((row) => row.last_message_at !== null && now - row.last_message_at <= asked.days * DAY);
  }
  for (const name of ['created', 'updated']) {
    const after = asked[`${name}_after`];
    if (after !== undefined) tests.push((row) => row[`${name}_at`] > Date.parse(after));
  }
  const stage = asked.stage_id?.toLowerCase();
  const inside = asked.pipeline_id === undefined ? undefined : (stages.get(asked.pipeline_id.toLowerCase()) ?? []);
  if (stage !== undefined) tests.push((row) => row.stage === stage);
  if (inside !== undefined) tests.push((row) => inside.includes(row.stage));
  if (asked.custom_field_key !== undefined) tests.push(byCustomField(asked));
  const name = asked.updated_after ? 'updated_at' : asked.created_after ? 'created_at' : 'last_message_at';
  const sign = name === 'last_message_at' ? -1 : 1;
  const found = rows.filter((row) => tests.every((test) => test(row)));
  found.sort((a, b) => sign * (a[name] - b[name]) || (a.contact.id < b.contact.id ? -1 : 1));
  const first = asked.offset ?? 0;
  return found.slice(first, asked.limit === undefined ? undefined : first + asked.limit).map((row) => row.contact);
}

answering.with = list;
const app = await start(Number(process.env.PORT ?? 0));
console.log(await app.getUrl());
