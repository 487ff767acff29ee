/** The palette, and what is offered beside a chosen shape: what the service runs and nothing else, in its words. */
import { EXCHANGED, FOLLOWING, KINDS, newShape } from "./step_kinds.js";

const TOOLS = {
  "hand-tool": "Move the drawing",
  "lasso-tool": "Choose several shapes",
  "space-tool": "Make room, or take it away",
  "global-connect-tool": "Draw a way from one step to another",
};
const BESIDE = { delete: "Remove", connect: "Draw a way to another step", replace: "Change into something else" };

class Tools {
  constructor(palette, contextPad, popupMenu, create, inserting, elementFactory, bpmnFactory, moddle) {
    Object.assign(this, { create, inserting });
    this.make = { elementFactory, bpmnFactory, moddle };
    // Registered last, they see what the editor offers of its own and keep of it what is run here.
    palette.registerProvider(500, this);
    contextPad.registerProvider(500, this);
    popupMenu.registerProvider("bpmn-replace", 500, this);
  }

  getPaletteEntries() {
    return (offered) => {
      const tools = Object.entries(TOOLS).map(([name, title]) => [name, { ...offered[name], title }]);
      return Object.fromEntries([...tools, ["separator", { group: "tools", separator: true }], ...KINDS.map((kind) => this.entry(kind))]);
    };
  }

  entry(kind) {
    const begin = (event) => this.create.start(event, newShape(kind, this.make));
    return [`create.${kind.name}`, { group: "kinds", className: kind.icon, title: kind.title, action: { dragstart: begin, click: begin } }];
  }

  getContextPadEntries(element) {
    return (offered) => {
      const kept = Object.entries(BESIDE)
        .filter(([name]) => offered[name])
        .map(([name, title]) => [name, { ...offered[name], title }]);
      const goesOn = Object.keys(offered).some((name) => name.startsWith("append.") && name !== "append.text-annotation");
      return Object.fromEntries([...(goesOn ? this.following(element) : []), ...kept]);
    };
  }

  following(element) {
    return KINDS.filter((kind) => FOLLOWING.includes(kind.name)).map((kind) => [
      `append.${kind.name}`,
      {
        group: "model",
        className: kind.icon,
        title: `${kind.title}, next`,
        action: { click: () => this.inserting.behind(element, newShape(kind, this.make)) },
      },
    ]);
  }

  getMultiElementContextPadEntries() {
    return (offered) => offered;
  }

  getPopupMenuEntries() {
    return (offered) => Object.fromEntries(Object.entries(offered).filter(([name]) => EXCHANGED.has(name)));
  }

  getPopupMenuHeaderEntries() {
    return () => ({});
  }
}

Tools.$inject = ["palette", "contextPad", "popupMenu", "create", "inserting", "elementFactory", "bpmnFactory", "moddle"];

export default { __init__: ["drawingTools"], drawingTools: ["type", Tools] };
