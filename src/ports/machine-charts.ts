/** The state machines as charts that are laid out: what a page needs to draw them, and nothing of how they run. */

/** A chart; coordinates in px from its upper left corner. */
export interface MachineLayout {
  /** `roll`, `order`, `stream` or `daemon`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Parents before their children. */
  readonly states: readonly LaidState[];
  readonly transitions: readonly LaidTransition[];
}

export interface LaidState {
  /** Dotted, as a task's state is: `IDLE.watching`. */
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isCompound: boolean;
  /** `initial`: the dot from which an arrow leads to the state that is entered first. */
  readonly kind: 'state' | 'initial' | 'final';
}

/** All transitions between the same two states, as one arrow. */
export interface LaidTransition {
  readonly from: string;
  readonly to: string;
  /** Event and guard, a line for each. */
  readonly label: string;
  /** Of each line, the event as a machine receives it: `PRICE`, `xstate.done.actor.planning`. `""`: none is needed. */
  readonly events: readonly string[];
  /** The whole way from the first state to the arrow's head. */
  readonly points: readonly (readonly [number, number])[];
  /** `null` where no room was made for it. */
  readonly labelBox: LabelBox | null;
}

export interface LabelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Whether room is made for the labels: a chart without them is a third as wide. Their text is known in any case. */
export type ChartLabels = 'drawn' | 'none';

export interface MachineCharts {
  /** In the order in which they are shown. */
  names(): readonly string[];
  /** `null` when there is no machine of that name. The first answer may take seconds, the others take none. */
  layout(name: string, labels: ChartLabels): Promise<MachineLayout | null>;
}
