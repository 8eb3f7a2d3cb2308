/** How people read what a rule does. */
import { percentText } from '../money.ts';
import { isWhole, type Action, type Portion } from '../rules/rule.ts';
import { targetText } from './target-text.ts';

/** `roll to +1000`, `roll to same strike, expiry next-weekly, opening 50 %`, `close`, `close 0.2`, `alert`. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case 'alert':
      return 'alert';
    case 'close':
      return isWhole(action.qty) ? 'close' : `close ${portionText(action.qty)}`;
    case 'roll': {
      const { target, qty, scale } = action;
      const parts = [
        targetText(target),
        ...(isWhole(qty) ? [] : [`opening ${portionText(qty)}`]),
        ...(scale.length === 0 ? [] : [`scaled by ${scale.map(percentText).join(', ')}`]),
      ];
      return `roll to ${parts.join(', ')}`;
    }
  }
}

const portionText = (portion: Portion): string =>
  portion.kind === 'share' ? percentText(portion.share) : portion.qty;
