// Writes document.json: the parameters as this stack's own OpenAPI document has them.
import { writeFileSync } from 'node:fs';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { start } from './server.mjs';

const app = await start(0);
const { paths } = cleanupOpenApiDoc(SwaggerModule.createDocument(app, new DocumentBuilder().build()));
await app.close();
const { operationId, parameters } = paths['/api/public/contacts'].get;
writeFileSync(new URL('document.json', import.meta.url), `${JSON.stringify({ operationId, parameters }, null, 2)}\n`);
