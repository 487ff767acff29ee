/** The step beside the drawing: what it is called, whose it is, what it asks for, in the words of the service. */
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

import { aloud } from "./condition_words.js";
import { choice, element, paragraph, text, tick } from "./controls.js";
import { laneOf } from "./lanes.js";
import * as said from "./said.js";
import { KINDS } from "./step_kinds.js";
import { WaysOn } from "./ways_on.js";

const NOTHING = "Choose a step or a way of the drawing: what it says stands here, and can be changed.";
const CHOOSING = ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"];

export class StepPanel {
  constructor(holder, modeler, words) {
    Object.assign(this, { holder, words, waysOn: new WaysOn(modeler) });
    for (const name of ["modeling", "moddle", "bpmnFactory", "elementRegistry", "selection", "canvas"]) {
      this[name] = modeler.get(name);
    }
    modeler.on(["selection.changed", "commandStack.changed", "import.done"], () => this.show());
    this.show();
  }

  /** Show what is chosen. The same fields stay where they are, so that nobody loses the one they go to next. */
  show() {
    const [shape] = this.selection.get();
    const fresh = element("div");
    fresh.append(...(shape ? this.fields(shape.labelTarget ?? shape) : [element("p", "nhsuk-hint", NOTHING)]));
    if (shape?.id === this.shown && same(fresh, this.holder)) {
      takeOver(fresh, this.holder);
    } else {
      const here = this.holder.contains(document.activeElement) ? document.activeElement.dataset.field : "";
      this.holder.replaceChildren(...fresh.childNodes);
      this.field(here)?.focus();
    }
    this.shown = shape?.id;
  }

  /** Begin with the name of what was just drawn. */
  begin() {
    this.field("name")?.focus();
  }

  field(name) {
    return name ? this.holder.querySelector(`[data-field="${name}"]`) : null;
  }

  fields(shape) {
    const object = getBusinessObject(shape);
    const title = element("h3", "nhsuk-heading-s app-step__kind", this.kindOf(shape));
    if (is(shape, "bpmn:Lane")) {
      return [title, this.role(shape, object)];
    }
    return [title, this.name(shape, object), ...this.own(shape, object), ...this.waysOn.fields(shape)].filter(Boolean);
  }

  kindOf(shape) {
    if (is(shape, "bpmn:Lane")) {
      return "Lane: whose steps these are";
    }
    if (is(shape, "bpmn:SequenceFlow")) {
      return "Way on";
    }
    const definition = getBusinessObject(shape).eventDefinitions?.[0]?.$type;
    const kind = KINDS.find((one) => is(shape, one.type) && (one.eventDefinitionType ?? definition) === definition);
    return kind?.title ?? (is(shape, "bpmn:StartEvent") ? "Beginning" : "Step");
  }

  own(shape, object) {
    if (is(shape, "bpmn:UserTask") || is(shape, "bpmn:ManualTask")) {
      return this.person(shape, object);
    }
    if (is(shape, "bpmn:ServiceTask")) {
      return this.duty(shape, object);
    }
    if (is(shape, "bpmn:BusinessRuleTask")) {
      return [this.table(shape, object)];
    }
    if (is(shape, "bpmn:CallActivity")) {
      return [this.call(shape, object)];
    }
    if (is(shape, "bpmn:SequenceFlow")) {
      return this.way(shape, object);
    }
    return this.event(shape, object);
  }

  name(shape, object) {
    return text({ field: "name", label: "What it is called", value: object.name ?? "", change: (name) => this.modeling.updateProperties(shape, { name }) });
  }

  role(shape, object) {
    const choices = this.words.roles.map((role) => [role.key, role.name]);
    return choice({ field: "role", label: "Role", value: object.name ?? "", choices, change: (name) => this.modeling.updateProperties(shape, { name }) });
  }

  // A step for a person ------------------------------------------------------------------------

  person(shape, object) {
    const now = said.properties(object);
    const form = this.words.forms.find((one) => one.key === now.form);
    const set = (name) => (value) => this.setProperty(shape, object, name, value);
    return [
      this.whose(shape),
      choice({ field: "form", label: "Form", value: now.form ?? "", none: "No form: it is only said that it is done", choices: this.words.forms.map((one) => [one.key, `${one.key} ${one.name}`]), change: set("form") }),
      paragraph({ field: "why", label: "Why somebody is asked", hint: "One sentence. It stands on the task.", value: said.documentation(object), change: (why) => this.setWhy(shape, object, why) }),
      choice({ field: "due", label: "Due", value: now.due ?? "", none: "No date", choices: this.times("due."), change: set("due") }),
      choice({ field: "escalation", label: "Reminders", value: now.escalation ?? "", none: "None", choices: this.words.classes.map((one) => [one.key, `${one.key}: ${one.name}`]), change: set("escalation") }),
      text({ field: "also", label: "Others who may do it", hint: "Roles, with commas between them", value: now.also ?? "", known: this.words.roles.map((one) => one.key), change: set("also") }),
      form && text({ field: "sections", label: "Parts of the form that are asked", hint: `All of them where nothing stands here. There are ${form.sections.map((one) => one.key).join(", ")}.`, value: now.sections ?? "", change: set("sections") }),
      form && text({ field: "decides", label: "Answers that decide the way", hint: "Names of questions, with commas between them; “answer as name” gives one another name", value: now.decides ?? "", known: form.answers.map((one) => one.key), change: set("decides") }),
    ];
  }

  whose(shape) {
    const lanes = this.elementRegistry.filter((one) => is(one, "bpmn:Lane"));
    const own = laneOf(shape, lanes);
    const choices = lanes.map((lane) => [lane.id, this.roleName(lane.businessObject.name)]);
    return choice({ field: "whose", label: "Who does it", value: own?.id ?? "", choices, change: (id) => this.moveInto(shape, lanes.find((lane) => lane.id === id)) });
  }

  roleName(key) {
    return this.words.roles.find((role) => role.key === key)?.name ?? key ?? "A lane without a role";
  }

  /** Into another lane, straight up or down; what is drawn there already stays where it is. */
  moveInto(shape, lane) {
    const down = lane.y + lane.height / 2 - (shape.y + shape.height / 2);
    this.modeling.moveElements([shape], { x: 0, y: Math.round(down) });
  }

  setWhy(shape, object, why) {
    const documentation = why ? [this.bpmnFactory.create("bpmn:Documentation", { text: why })] : [];
    this.modeling.updateModdleProperties(shape, object, { documentation });
  }

  setProperty(shape, object, name, value) {
    const wanted = { ...said.properties(object), [name]: value };
    this.setExtensions(shape, object, said.withProperties(this.moddle, this.bpmnFactory, object, wanted));
  }

  setExtensions(shape, object, extensionElements) {
    this.modeling.updateModdleProperties(shape, object, { extensionElements });
  }

  times(beginning) {
    return this.words.times.filter((one) => one.key.startsWith(beginning)).map((one) => [one.key, `${one.name} (${one.value})`]);
  }

  // What the service does by itself ------------------------------------------------------------

  duty(shape, object) {
    const now = said.duty(object);
    const known = this.words.duties.find((one) => one.key === now.name);
    const set = (name, given) => this.setExtensions(shape, object, said.withDuty(this.moddle, this.bpmnFactory, object, name, given));
    const asked = [...new Set([...(known?.parameters ?? []), ...Object.keys(now.given)])];
    return [
      choice({ field: "duty", label: "What is done", hint: known?.about ?? "", value: now.name, choices: this.words.duties.map((one) => [one.key, one.key]), change: (name) => set(name, {}) }),
      ...asked.map((name) =>
        text({
          field: `given.${name}`,
          label: name.replaceAll("_", " "),
          hint: `${known?.needs.includes(name) ? "Needed. " : ""}A text in quotes, a number, or the name of what was decided`,
          value: now.given[name] ?? "",
          known: this.decided(),
          change: (value) => set(now.name, { ...now.given, [name]: value }),
        }),
      ),
    ];
  }

  table(shape, object) {
    const set = (key) => this.setExtensions(shape, object, said.withTable(this.moddle, this.bpmnFactory, object, key));
    return choice({ field: "table", label: "Decision table", value: said.table(object), choices: this.words.tables.map((one) => [one.key, one.name]), change: set });
  }

  call(shape, object) {
    const set = (calledElement) => this.modeling.updateProperties(shape, { calledElement });
    return choice({ field: "call", label: "Process", value: object.calledElement ?? "", choices: this.words.processes.map((one) => [one.key, one.name]), change: set });
  }

  // Ways and events ----------------------------------------------------------------------------

  way(shape, object) {
    if (!CHOOSING.some((type) => is(object.sourceRef, type)) || object.sourceRef.outgoing.length < 2) {
      return [];
    }
    const otherwise = object.sourceRef.default === object;
    const gateway = shape.source;
    const condition = object.conditionExpression?.body ?? "";
    const reading = element("p", "nhsuk-body-s app-step__reading", condition ? `Taken when ${aloud(condition)}.` : otherwise ? "Taken when nothing else holds." : "Say when this way is taken.");
    return [
      tick({ field: "otherwise", label: "Taken when no other way is", value: otherwise, change: (on) => this.setDefault(gateway, shape, on) }),
      !otherwise && text({ field: "condition", label: "Taken when", hint: "For example: priority == 'urgent' and age >= 65", value: condition, known: this.decided(), change: (body) => this.setCondition(shape, body) }),
      reading,
    ];
  }

  setDefault(gateway, flow, on) {
    this.modeling.updateProperties(gateway, { default: on ? getBusinessObject(flow) : undefined });
    if (on && getBusinessObject(flow).conditionExpression) {
      this.setCondition(flow, "");
    }
  }

  setCondition(flow, body) {
    const conditionExpression = body ? this.bpmnFactory.create("bpmn:FormalExpression", { body }) : undefined;
    this.modeling.updateProperties(flow, { conditionExpression });
  }

  /** The names of everything that steps of this drawing decide. */
  decided() {
    const told = this.elementRegistry.map((one) => said.properties(getBusinessObject(one) ?? {}).decides ?? "");
    const names = told.flatMap((list) => list.split(",")).map((one) => one.trim().split(/\s+as\s+/).at(-1));
    return [...new Set(names.filter(Boolean))].sort();
  }

  event(shape, object) {
    const definition = object.eventDefinitions?.[0];
    if (definition?.$type === "bpmn:TimerEventDefinition") {
      return [this.date(shape, definition)];
    }
    return definition?.$type === "bpmn:MessageEventDefinition" ? [this.message(shape, definition)] : [];
  }

  date(shape, definition) {
    const now = definition.timeDate?.body ?? "";
    const change = (body) => {
      const timeDate = body ? this.bpmnFactory.create("bpmn:FormalExpression", { body }) : undefined;
      this.modeling.updateModdleProperties(shape, definition, { timeDate, timeDuration: undefined, timeCycle: undefined });
    };
    const known = this.words.times.map((one) => `due('${one.key}')`);
    return text({ field: "date", label: "Until", hint: "For example due('wait.reply'): the times are settings of the programme", value: now, known, change });
  }

  message(shape, definition) {
    const root = this.canvas.getRootElement().businessObject.$parent;
    const messages = root.rootElements.filter((one) => one.$type === "bpmn:Message");
    const change = (name) => {
      const found = messages.find((one) => one.name === name);
      const messageRef = found ?? this.bpmnFactory.create("bpmn:Message", { name, id: name });
      if (!found) {
        messageRef.$parent = root;
        this.modeling.updateModdleProperties(this.canvas.getRootElement(), root, { rootElements: [messageRef, ...root.rootElements] });
      }
      this.modeling.updateModdleProperties(shape, definition, { messageRef });
    };
    const known = [...new Set([...messages.map((one) => one.name), ...this.words.messages])].sort();
    return text({ field: "message", label: "Message", value: definition.messageRef?.name ?? "", known, change });
  }
}

function names(holder) {
  return Array.from(holder.querySelectorAll("[data-field]"), (control) => control.dataset.field);
}

function same(fresh, holder) {
  return names(fresh).length > 0 && names(fresh).join() === names(holder).join();
}

/** Put what is said now into fields that are there already. */
function takeOver(fresh, holder) {
  const now = Array.from(fresh.querySelectorAll("[data-field]"));
  holder.querySelectorAll("[data-field]").forEach((control, at) => {
    if (control.type === "checkbox") {
      control.checked = now[at].checked;
    } else if (control !== document.activeElement) {
      control.value = now[at].value;
    }
  });
  const [reading, read] = [fresh, holder].map((one) => one.querySelector(".app-step__reading"));
  if (reading && read) {
    read.textContent = reading.textContent;
  }
}
