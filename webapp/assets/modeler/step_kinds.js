/**
 * What can be drawn: the shapes the service runs, in its own words, and how each begins.
 *
 * Whatever is not listed here is neither in the palette nor among the shapes that another can be changed into.
 */
import { withProperties } from "./said.js";

const WHY = "Say here why somebody is asked.";

export const KINDS = [
  {
    name: "person",
    title: "A step for a person",
    icon: "bpmn-icon-user-task",
    type: "bpmn:UserTask",
    begin: (factory, moddle) => ({
      documentation: [factory.create("bpmn:Documentation", { text: WHY })],
      extensionElements: withProperties(moddle, factory, undefined, { escalation: "B" }),
    }),
  },
  { name: "duty", title: "A step the service does by itself", icon: "bpmn-icon-service-task", type: "bpmn:ServiceTask" },
  { name: "table", title: "Ask a decision table", icon: "bpmn-icon-business-rule", type: "bpmn:BusinessRuleTask" },
  { name: "call", title: "Another process", icon: "bpmn-icon-call-activity", type: "bpmn:CallActivity" },
  { name: "choice", title: "Choice: one way is taken", icon: "bpmn-icon-gateway-xor", type: "bpmn:ExclusiveGateway" },
  { name: "together", title: "Together: all ways are taken, or waited for", icon: "bpmn-icon-gateway-parallel", type: "bpmn:ParallelGateway" },
  { name: "several", title: "Several: each way whose condition holds", icon: "bpmn-icon-gateway-or", type: "bpmn:InclusiveGateway" },
  { name: "first", title: "Whatever happens first", icon: "bpmn-icon-gateway-eventbased", type: "bpmn:EventBasedGateway" },
  {
    name: "date",
    title: "Wait for a date",
    icon: "bpmn-icon-intermediate-event-catch-timer",
    type: "bpmn:IntermediateCatchEvent",
    eventDefinitionType: "bpmn:TimerEventDefinition",
  },
  {
    name: "message",
    title: "Wait for a message",
    icon: "bpmn-icon-intermediate-event-catch-message",
    type: "bpmn:IntermediateCatchEvent",
    eventDefinitionType: "bpmn:MessageEventDefinition",
  },
  { name: "end", title: "The end of this way", icon: "bpmn-icon-end-event-none", type: "bpmn:EndEvent" },
];

/** What may follow a step at once. */
export const FOLLOWING = ["person", "duty", "choice", "together", "date", "end"];

/** Into what a shape may be changed: the names the editor has for them. */
export const EXCHANGED = new Set(
  [
    "user-task", "service-task", "rule-task", "call-activity", "receive-task", "exclusive-gateway", "parallel-gateway",
    "inclusive-gateway", "event-based-gateway", "exclusive-event-based-gateway", "none-start", "none-start-event", "none-end", "none-end-event",
    "terminate-end", "error-end", "escalation-end", "timer-intermediate-catch", "message-intermediate-catch",
    "timer-boundary", "message-boundary", "error-boundary", "escalation-boundary", "non-interrupting-timer-boundary",
    "non-interrupting-message-boundary", "non-interrupting-escalation-boundary", "sequence-flow", "default-flow",
    "conditional-flow", "message-start",
  ].map((name) => `replace-with-${name}`),
);

/** A new shape of a kind, not yet drawn. */
export function newShape(kind, { elementFactory, bpmnFactory, moddle }) {
  const businessObject = bpmnFactory.create(kind.type, kind.begin?.(bpmnFactory, moddle) ?? {});
  return elementFactory.createShape({
    type: kind.type,
    businessObject,
    eventDefinitionType: kind.eventDefinitionType,
  });
}
