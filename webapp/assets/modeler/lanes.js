/**
 * Whose step it is follows from where it is drawn: a lane lists the steps that lie in it.
 *
 * The editor keeps such lists only for lanes within a pool; ours have none around them. So after each change the lists
 * are written anew from the drawing, as a part of that change: taking it back takes them back.
 */
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor";
import { is } from "bpmn-js/lib/util/ModelUtil";

const MOVES = [
  "elements.move", "elements.create", "elements.delete", "shape.create", "shape.append", "shape.delete", "shape.replace",
  "shape.resize", "shape.move", "lane.add", "lane.split", "lane.resize", "spaceTool",
]; // prettier-ignore

class Lanes extends CommandInterceptor {
  constructor(eventBus, elementRegistry, modeling) {
    super(eventBus);
    Object.assign(this, { registry: elementRegistry, modeling });
    this.postExecuted(MOVES, 100, () => this.writeAnew());
  }

  writeAnew() {
    const lanes = this.all().filter((lane) => !lane.businessObject.childLaneSet);
    const steps = this.registry.filter(
      (one) => is(one, "bpmn:FlowNode") && !one.labelTarget && one.parent && !is(one.parent, "bpmn:SubProcess"),
    );
    const held = new Map(lanes.map((lane) => [lane, []]));
    for (const step of steps) {
      held.get(laneOf(step, lanes))?.push(step.businessObject);
    }
    for (const [lane, now] of held) {
      const before = lane.businessObject.flowNodeRef ?? [];
      if (before.length !== now.length || now.some((one) => !before.includes(one))) {
        const stayed = before.filter((one) => now.includes(one));
        const came = now.filter((one) => !before.includes(one));
        this.modeling.updateModdleProperties(lane, lane.businessObject, { flowNodeRef: [...stayed, ...came] });
      }
    }
  }

  all() {
    return this.registry.filter((one) => is(one, "bpmn:Lane"));
  }
}

Lanes.$inject = ["eventBus", "elementRegistry", "modeling"];

/** The smallest lane in which the middle of a step lies; an event at an edge goes with its step. */
export function laneOf(step, lanes) {
  const place = step.host ?? step;
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
  const around = lanes.filter((one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height);
  return around.sort((one, other) => one.width * one.height - other.width * other.height)[0];
}

export default { __init__: ["lanesHold"], lanesHold: ["type", Lanes] };
