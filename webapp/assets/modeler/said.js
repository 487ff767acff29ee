/**
 * What a step says beyond its drawing: its properties, the duty or the table it asks, its documentation.
 *
 * These stand in extension elements that the editor keeps as they are. Each setter makes one new set of them, so that
 * each change is one step to take back.
 */
const URI = "http://spiffworkflow.org/bpmn/schema/1.0/core";
const PROPERTIES = "spiffworkflow:properties";
const PROPERTY = "spiffworkflow:property";
const OPERATOR = "spiffworkflow:serviceTaskOperator";
const PARAMETERS = "spiffworkflow:parameters";
const PARAMETER = "spiffworkflow:parameter";
const TABLE = "spiffworkflow:calledDecisionId";

function part(businessObject, type) {
  return businessObject.extensionElements?.values?.find((one) => one.$type === type);
}

function children(element, type) {
  return (element?.$children ?? []).filter((one) => one.$type === type);
}

/** The properties of a step, by name. */
export function properties(businessObject) {
  return Object.fromEntries(children(part(businessObject, PROPERTIES), PROPERTY).map((one) => [one.name, one.value ?? ""]));
}

/** The duty a step asks for, and what it is given. */
export function duty(businessObject) {
  const operator = part(businessObject, OPERATOR);
  const given = children(children(operator, PARAMETERS)[0], PARAMETER);
  return { name: operator?.id ?? "", given: Object.fromEntries(given.map((one) => [one.id, one.value ?? ""])) };
}

/** The decision table a step asks. */
export function table(businessObject) {
  return part(businessObject, TABLE)?.$body?.trim() ?? "";
}

/** The reason that stands with a step, for whoever is asked. */
export function documentation(businessObject) {
  return businessObject.documentation?.[0]?.text ?? "";
}

/** Extension elements as before, with these properties; one that says nothing is left out. */
export function withProperties(moddle, factory, businessObject, said) {
  const kept = Object.entries(said).filter(([, value]) => value !== "");
  const made = kept.map(([name, value]) => moddle.createAny(PROPERTY, URI, { name, value }));
  return withPart(moddle, factory, businessObject, PROPERTIES, made.length ? { $children: made } : null);
}

/** Extension elements as before, asking for this duty. The result variable of before stays. */
export function withDuty(moddle, factory, businessObject, name, given) {
  const before = businessObject && part(businessObject, OPERATOR);
  const made = Object.entries(given)
    .filter(([, value]) => value !== "")
    .map(([id, value]) => moddle.createAny(PARAMETER, URI, { id, type: "str", value }));
  const parameters = moddle.createAny(PARAMETERS, URI, { $children: made });
  const wanted = { id: name, resultVariable: before?.resultVariable ?? "unused", $children: [parameters] };
  return withPart(moddle, factory, businessObject, OPERATOR, name ? wanted : null);
}

/** Extension elements as before, asking this table. */
export function withTable(moddle, factory, businessObject, key) {
  return withPart(moddle, factory, businessObject, TABLE, key ? { $body: key } : null);
}

function withPart(moddle, factory, businessObject, type, said) {
  const others = (businessObject?.extensionElements?.values ?? []).filter((one) => one.$type !== type);
  const values = said ? [...others, moddle.createAny(type, URI, said)] : others;
  if (!values.length) {
    return undefined;
  }
  const made = factory.create("bpmn:ExtensionElements", { values });
  for (const one of values) {
    one.$parent = made;
  }
  return made;
}
