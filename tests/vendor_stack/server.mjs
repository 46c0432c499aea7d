// The stack that the vendor's OpenAPI document betrays, as small as it can be: NestJS 11 on Express 5, nestjs-zod, zod 4.
// Every valid query is answered with the reading that the validation step handed to the controller.
import 'reflect-metadata';
import { BadRequestException, Controller, Get, Module, Query, UnauthorizedException } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';
import { createZodDto, ZodValidationPipe } from 'nestjs-zod';
import { z } from 'zod';

export const KEY = process.env.KEY ?? 'test-key';

// One line a parameter, in the document's order.
const query = z.object({
  days: z.coerce.number().min(1).max(365).optional(),
  created_after: z.iso.datetime({ offset: true }).optional(),
  updated_after: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  offset: z.coerce.number().int().min(0).optional(),
  stage_id: z.uuid().optional(),
  pipeline_id: z.uuid().optional(),
  custom_field_key: z.string().min(1).optional(),
  custom_field_value: z.string().min(1).optional(),
  entity_type: z.enum(['ticket', 'customer']).optional(),
});

class ContactsQuery extends createZodDto(query) {}

class ApiKeyGuard {
  canActivate(context) {
    if (context.switchToHttp().getRequest().headers['x-api-key'] !== KEY) {
      throw new UnauthorizedException('Invalid API key');
    }
    return true;
  }
}

// What the schema cannot say, because it joins parameters; the texts are ours.
function judgeTogether(asked) {
  if (asked.days === undefined && asked.created_after === undefined && asked.updated_after === undefined) {
    throw new BadRequestException('A time filter is required');
  }
  if ((asked.custom_field_key === undefined) !== (asked.custom_field_value === undefined)) {
    throw new BadRequestException('A custom field is a key and a value');
  }
}

// Instants as milliseconds since 1970, as JavaScript's Date reads the text; all else as it is.
function reading(asked) {
  const instants = {};
  for (const name of ['created_after', 'updated_after']) {
    if (asked[name] !== undefined) instants[name] = new Date(asked[name]).getTime();
  }
  return { ...asked, ...instants };
}

// What is answered to a valid query; contacts.mjs has another one.
export const answering = { with: reading };

class PublicContactsController {
  getContacts(asked) {
    judgeTogether(asked);
    return answering.with(asked);
  }
}

// What the vendor's document says beside the schema. `type: Number` is why it says `number` where the schema says integer.
const EXAMPLES = {
  days: { type: Number, example: 30 },
  created_after: { type: String, example: '2024-01-15T10:00:00.000Z' },
  updated_after: { type: String, example: '2024-01-15T10:00:00.000Z' },
  limit: { type: Number, example: 100 },
  offset: { type: Number, example: 0 },
  stage_id: { type: String, example: '123e4567-e89b-12d3-a456-426614174000' },
  pipeline_id: { type: String, example: '123e4567-e89b-12d3-a456-426614174000' },
  custom_field_key: { type: String, example: 'status' },
  custom_field_value: { type: String, example: 'Active' },
  entity_type: { enum: ['ticket', 'customer'] },
};

// Decorators without a compiler: the calls that TypeScript would emit.
const route = PublicContactsController.prototype;
const decorated = [route, 'getContacts', Object.getOwnPropertyDescriptor(route, 'getContacts')];
Reflect.defineMetadata('design:paramtypes', [ContactsQuery], route, 'getContacts');
Query()(route, 'getContacts', 0);
Get()(...decorated);
for (const [name, more] of Object.entries(EXAMPLES)) ApiQuery({ name, required: false, ...more })(...decorated);
ApiHeader({ name: 'x-api-key', required: true })(...decorated);
Controller('api/public/contacts')(PublicContactsController);

class AppModule {}
Module({
  controllers: [PublicContactsController],
  providers: [
    { provide: APP_GUARD, useClass: ApiKeyGuard },
    { provide: APP_PIPE, useClass: ZodValidationPipe },
  ],
})(AppModule);

export async function start(port) {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'fatal'] });
  await app.listen(port, '127.0.0.1');
  return app;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const app = await start(Number(process.env.PORT ?? 8263));
  console.log(await app.getUrl());
}
