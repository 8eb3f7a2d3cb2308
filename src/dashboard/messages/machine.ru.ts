/** What the page Machine says in Russian. */
import { plural, type Forms } from './plural.ts';
import type { machine as english } from './machine.en.ts';

const count = (n: number, forms: Forms): string => `${String(n)} ${plural('ru', n, forms)}`;

export const machine: typeof english = {
  title: 'Автомат',
  names: { roll: 'Ролл', order: 'Ордер', stream: 'Поток', daemon: 'Демон' },
  which: 'Какой автомат',
  ofTask: 'Задача, автоматы которой показаны',
  noTask: 'Без задачи: только схемы',
  toTask: 'К задаче',
  notRunning: 'не работает',
  nowIn: (state) => state,
  larger: 'Крупнее',
  smaller: 'Мельче',
  fit: 'Целиком',
  inWords: (name) => `${name} словами`,
  here: 'сейчас здесь',
  final: 'конец',
  leadsTo: 'ведёт в',
  taken: (times) => `пройден ${count(times, { one: 'раз', few: 'раза', other: 'раз' })}`,
  journal: 'Шаги журнала',
  first: 'Первый шаг',
  back: 'На шаг назад',
  forward: 'На шаг вперёд',
  newest: 'Последний',
  play: 'Играть',
  pause: 'Пауза',
  stepOf: (step, all) => `шаг ${String(step)} из ${String(all)}`,
  following: 'следует за новыми',
  earlier: 'Прочитать более ранние шаги',
  time: 'Время',
  event: 'Событие',
  actor: 'Кому',
  itself: 'самой задаче',
  roll: 'Ролл',
  asJournaled: (version) => `Шаг ${String(version)}, как в журнале`,
  emptyTitle: 'Пока ничего не произошло',
  emptyText: 'В журнале этой задачи нет шагов.',
  keys: 'Стрелки влево и вправо — шаги, пробел — играть, End — следовать за новыми. На схеме: + и − масштаб, 0 — целиком, Shift со стрелками двигает; можно тянуть, щипком или колесом с Ctrl.',
};
