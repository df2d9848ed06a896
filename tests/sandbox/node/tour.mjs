// A tour of both APIs by the vendors' own Node clients, told nothing but a base address.
//
//   npm ci && SANDBOX_URL=http://127.0.0.1:8765 node tour.mjs
//
// Prints one line for each stop and ends with status 1 at the first that is not as documented.
// It starts the sandbox over: never point it at one whose records somebody wants.

import assert from "node:assert/strict";
import { Client } from "@hubspot/api-client";
import jsforce from "jsforce";

const url = process.env.SANDBOX_URL ?? "http://127.0.0.1:8765";
const stops = [];
const stop = (name, visit) => stops.push([name, visit]);

const hubspot = new Client({ accessToken: "sandbox-hubspot-token", basePath: url });
const salesforce = new jsforce.Connection({
  instanceUrl: url,
  version: "62.0",
  oauth2: {
    loginUrl: url,
    clientId: "sandbox-client-id",
    clientSecret: "sandbox-client-secret",
  },
});

const control = (method, path, body) =>
  fetch(`${url}/_sandbox${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
const contact = (properties) => hubspot.crm.contacts.basicApi.create({ properties });
const refused = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail("it was not refused");
};

stop("HubSpot: a contact is created, read by e-mail, changed and archived", async () => {
  const api = hubspot.crm.contacts.basicApi;
  const made = await contact({ email: "ada@example.com", firstname: "Ada" });
  await api.update(made.id, { properties: { firstname: "Augusta" } });
  const read = await api.getById("ada@example.com", ["firstname"], undefined, undefined, false, "email");
  assert.equal(read.properties.firstname, "Augusta");
  assert.ok(read.createdAt instanceof Date);
  await api.archive(made.id);
  assert.equal((await refused(api.getById(made.id))).code, 404);
});

stop("HubSpot: every contact is listed across pages", async () => {
  const ids = [];
  for (const lastname of ["A", "B", "C"]) ids.push((await contact({ lastname })).id);
  const listed = await hubspot.crm.contacts.getAll(2);
  assert.deepEqual(listed.map((one) => one.id), ids);
});

stop("HubSpot: a conflict names the contact that is there", async () => {
  const made = await contact({ email: "grace@example.com" });
  const error = await refused(contact({ email: "Grace@example.com" }));
  assert.equal(error.code, 409);
  assert.match(error.body.message, new RegExp(`Existing ID: ${made.id}`));
});

stop("HubSpot: batches create, read with an error for what is missing, and upsert", async () => {
  const api = hubspot.crm.contacts.batchApi;
  const inputs = ["x", "y"].map((name) => ({ properties: { email: `${name}@example.com` } }));
  const made = await api.create({ inputs });
  assert.equal(made.results.length, 2);
  const read = await api.read({
    inputs: [{ id: made.results[0].id }, { id: "404" }],
    properties: ["email"],
    propertiesWithHistory: [],
  });
  assert.equal(read.numErrors, 1);
  const upserted = await api.upsert({
    inputs: [{ id: "x@example.com", idProperty: "email", properties: { lastname: "X" } }],
  });
  assert.equal(upserted.results[0]._new, false);
});

stop("HubSpot: a search filters, sorts and pages", async () => {
  const found = await hubspot.crm.contacts.searchApi.doSearch({
    filterGroups: [{ filters: [{ propertyName: "email", operator: "CONTAINS_TOKEN", value: "*example.com" }] }],
    sorts: ["email"],
    properties: ["email"],
    limit: 1,
  });
  assert.ok(found.total > 1);
  assert.equal(found.results.length, 1);
  assert.equal(found.paging.next.after, "1");
});

stop("HubSpot: associations are made and read", async () => {
  const person = await contact({ lastname: "D" });
  const company = await hubspot.crm.companies.basicApi.create({ properties: { name: "E" } });
  const { v4 } = hubspot.crm.associations;
  await v4.basicApi.createDefault("contacts", person.id, "companies", company.id);
  const page = await v4.basicApi.getPage("contacts", person.id, "companies");
  assert.equal(String(page.results[0].toObjectId), company.id);
});

stop("HubSpot: owners, pipelines and properties are read", async () => {
  assert.ok((await hubspot.crm.owners.ownersApi.getPage()).results.length);
  const { stages } = await hubspot.crm.pipelines.pipelinesApi.getById("deals", "default");
  assert.equal(stages.at(-1).id, "closedlost");
  const all = await hubspot.crm.properties.coreApi.getAll("contacts");
  assert.ok(all.results.some((one) => one.name === "email"));
});

stop("Salesforce: client credentials get a token, and whose it is", async () => {
  await salesforce.authorize({ grant_type: "client_credentials" });
  assert.match(salesforce.userInfo.organizationId, /^00D/);
  assert.match((await salesforce.identity()).user_id, /^005/);
});

stop("Salesforce: a record is created, read, changed and deleted", async () => {
  const made = await salesforce.sobject("Contact").create({ LastName: "Lovelace" });
  assert.ok(made.success);
  await salesforce.sobject("Contact").update({ Id: made.id, FirstName: "Ada" });
  assert.equal((await salesforce.sobject("Contact").retrieve(made.id)).Name, "Ada Lovelace");
  assert.ok((await salesforce.sobject("Contact").destroy(made.id)).success);
});

stop("Salesforce: two hundred are created at once, and one bad row is told", async () => {
  const rows = Array.from({ length: 199 }, (_, n) => ({ LastName: `L${n}`, Company: "Acme" }));
  const told = await salesforce.sobject("Lead").create([...rows, { LastName: "No company" }]);
  assert.equal(told.filter((one) => one.success).length, 199);
  assert.equal(told.at(-1).errors[0].statusCode, "REQUIRED_FIELD_MISSING");
});

stop("Salesforce: an upsert creates once and then updates", async () => {
  const key = "crmsync_hubspot_id__c";
  const row = { LastName: "Zuse", [key]: "a/b" };
  const first = await salesforce.sobject("Contact").upsert(row, key);
  const again = await salesforce.sobject("Contact").upsert(row, key);
  assert.equal(first.id, again.id);
  assert.deepEqual([first.created, again.created], [true, false]);
});

stop("Salesforce: a query pages by its locator", async () => {
  await control("PATCH", "/settings", { salesforce: { page_size: 50 } });
  const found = await salesforce.query("SELECT Id, Owner.Email FROM Lead ORDER BY Id", {
    autoFetch: true,
    maxFetch: 1000,
  });
  assert.equal(found.records.length, 199);
});

stop("Salesforce: the fluent query and child sub-queries", async () => {
  const account = await salesforce.sobject("Account").create({ Name: "Acme" });
  await salesforce.sobject("Contact").create({ LastName: "A", AccountId: account.id });
  const [found] = await salesforce
    .sobject("Account")
    .find({ Name: { $like: "Ac%" } }, "Id, Name")
    .include("Contacts")
    .select("Id, LastName")
    .end();
  assert.equal(found.Contacts.records[0].LastName, "A");
});

stop("Salesforce: objects and fields are described", async () => {
  const { sobjects } = await salesforce.describeGlobal();
  assert.ok(sobjects.some((one) => one.name === "Opportunity"));
  const { fields } = await salesforce.sobject("Contact").describe();
  assert.equal(fields.find((one) => one.name === "Email").type, "email");
});

stop("Salesforce: a bulk job upserts rows, and a bulk query reads them", async () => {
  const rows = Array.from({ length: 500 }, (_, n) => ({
    crmsync_hubspot_id__c: `bulk-${n}`,
    LastName: `Quote " and, comma ${n}`,
    Company: "Bulk",
  }));
  const told = await salesforce.bulk2.loadAndWaitForResults({
    object: "Lead",
    operation: "upsert",
    externalIdFieldName: "crmsync_hubspot_id__c",
    input: rows,
    pollInterval: 50,
    pollTimeout: 20000,
  });
  assert.equal(told.successfulResults.length, 500);
  assert.equal(told.failedResults.length, 0);
  const stream = await salesforce.bulk2.query("SELECT LastName FROM Lead WHERE Company = 'Bulk'");
  const read = await stream.toArray();
  assert.equal(read.length, 500);
  assert.ok(read.some((one) => one.LastName === 'Quote " and, comma 7'));
});

stop("Salesforce: a malformed query is told as one", async () => {
  const error = await refused(salesforce.query("SELECT FROM Contact"));
  assert.equal(error.errorCode, "MALFORMED_QUERY");
});

stop("Salesforce: what changed and what was deleted since", async () => {
  const { now } = await (await control("GET", "/clock")).json();
  const [start, end] = [-3_600_000, 120_000].map((shift) => new Date(Date.parse(now) + shift));
  const iso = (moment) => moment.toISOString();
  assert.ok((await salesforce.sobject("Lead").updated(iso(start), iso(end))).ids.length);
  assert.ok((await salesforce.sobject("Contact").deleted(iso(start), iso(end))).deletedRecords.length);
});

await control("POST", "/reset", { seed: "empty" });
for (const [name, visit] of stops) {
  try {
    await visit();
  } catch (error) {
    console.error(`not ok  ${name}\n${error.stack ?? error}`);
    process.exit(1);
  }
  console.log(`ok  ${name}`);
}
