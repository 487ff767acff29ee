/**
 * The drawing as a list, step by step, that is always as the drawing is: each step can be chosen from it, and then be
 * changed in the panel. With it the whole process is read and changed by whoever cannot see or move a drawing.
 */
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

import { aloud } from "./condition_words.js";
import { element, linkButton } from "./controls.js";
import { laneOf } from "./lanes.js";

export class Outline {
  constructor(holder, modeler, panel) {
    Object.assign(this, { holder, modeler, panel });
    this.registry = modeler.get("elementRegistry");
    modeler.on(["commandStack.changed", "import.done", "selection.changed"], () => this.show());
    this.show();
  }

  show() {
    const here = this.holder.contains(document.activeElement) ? document.activeElement.dataset.step : "";
    const list = element("ol", "app-outline");
    list.append(...readingOrder(this.steps()).map((step) => this.line(step)));
    this.holder.replaceChildren(list);
    if (here) {
      this.button(here)?.focus();
    }
  }

  steps() {
    return this.registry.filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget);
  }

  button(id) {
    return this.holder.querySelector(`[data-step="${CSS.escape(id)}"]`);
  }

  line(step) {
    const item = element("li");
    const choose = linkButton(called(step), () => this.choose(step));
    choose.dataset.step = step.id;
    choose.setAttribute("aria-pressed", String(this.modeler.get("selection").isSelected(step)));
    item.append(choose, `, ${this.kind(step)}.`);
    const ways = step.outgoing.filter((one) => is(one, "bpmn:SequenceFlow"));
    if (ways.length) {
      item.append(element("span", "app-outline__ways", `Next: ${ways.map((way) => this.way(way)).join("; ")}`));
    }
    if (step.attachers?.length) {
      item.append(element("span", "app-outline__ways", `While this lasts, this may come between: ${step.attachers.map(called).join("; ")}`));
    }
    return item;
  }

  kind(step) {
    const role = is(step, "bpmn:UserTask") && laneOf(step, this.registry.filter((one) => is(one, "bpmn:Lane")));
    const kind = this.panel.kindOf(step).toLowerCase();
    return role ? `${kind}: ${this.panel.roleName(role.businessObject.name).toLowerCase()}` : kind;
  }

  way(flow) {
    const object = getBusinessObject(flow);
    const condition = object.conditionExpression?.body;
    const when = object.name || (condition ? `when ${aloud(condition)}` : object.sourceRef.default === object ? "otherwise" : "");
    return `${when ? `${when}: ` : ""}${called(flow.target)}`;
  }

  choose(step) {
    this.modeler.get("canvas").scrollToElement(step);
    this.modeler.get("selection").select(step);
    this.panel.begin();
  }
}

/** What a step is called; one without a name by what it is. */
export function called(step) {
  return getBusinessObject(step).name || step.id;
}

/** Each step after all that lead to it, going back to an earlier one aside; what no way leads to at the end. */
export function readingOrder(steps) {
  const [seen, order] = [new Set(), []];
  const visit = (first) => {
    const stack = [[first, false]];
    while (stack.length) {
      const [step, left] = stack.pop();
      if (left) {
        order.unshift(step);
      } else if (step && !seen.has(step)) {
        seen.add(step);
        stack.push([step, true]);
        const next = step.outgoing.filter((one) => is(one, "bpmn:SequenceFlow")).map((one) => one.target);
        stack.push(...[...next, ...(step.attachers ?? [])].map((one) => [one, false]));
      }
    }
  };
  const starts = steps.filter((one) => is(one, "bpmn:StartEvent"));
  starts.forEach(visit);
  const reached = [...order];
  order.length = 0;
  steps.forEach(visit);
  return [...reached, ...order];
}
