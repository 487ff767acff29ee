/** Where a step leads, and what can be done with it without the drawing: ways, a step behind it, taking it away. */
import { is } from "bpmn-js/lib/util/ModelUtil";

import { choice, element, linkButton as button } from "./controls.js";
import { called, readingOrder } from "./outline.js";
import { FOLLOWING, KINDS, newShape } from "./step_kinds.js";

const LEADS_NOWHERE = ["bpmn:EndEvent"];
const NOT_LED_TO = ["bpmn:StartEvent", "bpmn:BoundaryEvent"];

export class WaysOn {
  constructor(modeler) {
    for (const name of ["modeling", "inserting", "elementFactory", "bpmnFactory", "moddle", "elementRegistry", "selection", "canvas"]) {
      this[name] = modeler.get(name);
    }
  }

  /** The fields of a step: nothing for what is no step. */
  fields(shape) {
    if (!is(shape, "bpmn:FlowNode")) {
      return [];
    }
    return [element("h3", "nhsuk-heading-s", "What follows"), ...(LEADS_NOWHERE.some((one) => is(shape, one)) ? [] : this.ways(shape)), this.remove(shape)];
  }

  ways(shape) {
    const targets = this.targets(shape);
    const flows = shape.outgoing.filter((one) => is(one, "bpmn:SequenceFlow"));
    return [
      ...flows.flatMap((flow, at) => this.way(flow, at, targets)),
      choice({ field: "way.new", label: flows.length ? "Another way, to" : "A way to", value: "", none: "Choose a step", choices: targets, change: (id) => this.connect(shape, id) }),
      choice({ field: "behind", label: "A new step behind this one", value: "", none: "Choose what it is", choices: this.kinds(), change: (name) => this.behind(shape, name) }),
    ];
  }

  way(flow, at, targets) {
    const to = choice({ field: `way.${at}`, label: flow.businessObject.name ? `“${flow.businessObject.name}” leads to` : "Leads to", value: flow.target.id, choices: targets, change: (id) => this.reconnect(flow, id) });
    const acts = element("p", "nhsuk-body-s");
    acts.append(button("Say when it is taken", () => this.selection.select(flow)), " ", button("Take this way away", () => this.modeling.removeElements([flow])));
    return [to, acts];
  }

  targets(shape) {
    const scope = shape.parent;
    const steps = this.elementRegistry.filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget && one.parent === scope && one !== shape);
    return readingOrder(steps)
      .filter((one) => steps.includes(one) && !NOT_LED_TO.some((type) => is(one, type)))
      .map((one) => [one.id, called(one)]);
  }

  kinds() {
    return KINDS.filter((kind) => FOLLOWING.includes(kind.name)).map((kind) => [kind.name, kind.title]);
  }

  connect(shape, id) {
    if (id) {
      this.modeling.connect(shape, this.elementRegistry.get(id));
    }
  }

  reconnect(flow, id) {
    const target = this.elementRegistry.get(id);
    this.modeling.reconnectEnd(flow, target, { x: target.x, y: target.y + target.height / 2 });
  }

  behind(shape, name) {
    const kind = KINDS.find((one) => one.name === name);
    if (kind) {
      this.inserting.behind(shape, newShape(kind, this));
    }
  }

  remove(shape) {
    const acts = element("p", "nhsuk-body-s");
    acts.append(button("Take this step away", () => this.modeling.removeElements([shape])));
    return acts;
  }
}
