/**
 * Puts a step behind another: where a way leads on already it comes between, and what follows makes room.
 *
 * Whatever that takes is one step to take back.
 */
import { is } from "bpmn-js/lib/util/ModelUtil";

const GAP = 50;
const COMMAND = "steps.insert";

class Insert {
  constructor(modeling, spaceTool, canvas) {
    Object.assign(this, { modeling, spaceTool, canvas });
  }

  preExecute(context) {
    const { source, shape, flow } = context;
    const edge = source.x + source.width;
    const shapes = this.canvas.getRootElement().children.filter((one) => !one.waypoints);
    const space = { x: shape.width + GAP, y: 0 };
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(shapes, "x", space.x, edge + 1);
    this.modeling.createSpace(movingShapes, resizingShapes, space, "e", edge + 1);
    const middle = { x: edge + GAP + shape.width / 2, y: source.y + source.height / 2 };
    context.shape = this.modeling.createShape(shape, middle, source.parent);
    this.modeling.reconnectStart(flow, context.shape, { x: middle.x + shape.width / 2, y: middle.y });
    this.modeling.connect(source, context.shape);
    this.modeling.layoutConnection(flow);
  }
}

Insert.$inject = ["modeling", "spaceTool", "canvas"];

class Inserting {
  constructor(commandStack, autoPlace, selection) {
    Object.assign(this, { commandStack, autoPlace, selection });
    commandStack.registerHandler(COMMAND, Insert);
  }

  /** A new shape behind `source`. */
  behind(source, shape) {
    const [flow, another] = source.outgoing.filter((one) => is(one, "bpmn:SequenceFlow"));
    if (!flow || another || is(source, "bpmn:Gateway") || is(shape, "bpmn:EndEvent")) {
      return this.autoPlace.append(source, shape);
    }
    const context = { source, shape, flow };
    this.commandStack.execute(COMMAND, context);
    this.selection.select(context.shape);
    return context.shape;
  }
}

Inserting.$inject = ["commandStack", "autoPlace", "selection"];

export default { __init__: ["inserting"], inserting: ["type", Inserting] };
