// Puts the turns into the order of the revision with as few moves as possible, so that
// what the reader looks at, types in or has focused stays where it is.

// The longest run of indices that already ascends: these nodes need not move.
export function staying(indices) {
  const ends = []; // ends[n]: place of the smallest end of an ascending run of n + 1
  const before = new Array(indices.length);
  indices.forEach((value, place) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (indices[ends[middle]] < value) low = middle + 1;
      else high = middle;
    }
    before[place] = low ? ends[low - 1] : -1;
    ends[low] = place;
  });
  const kept = new Set();
  for (let place = ends.at(-1) ?? -1; place >= 0; place = before[place]) kept.add(indices[place]);
  return kept;
}

function move(parent, node, next) {
  // moveBefore keeps focus and scrolling, where the browser has it.
  if (parent.moveBefore && node.isConnected) parent.moveBefore(node, next);
  else parent.insertBefore(node, next);
}

// `wanted`: the turns in their order, all of them children of `parent`.
export function arrange(parent, wanted) {
  const index = new Map(wanted.map((node, place) => [node, place]));
  const now = [...parent.children].filter((node) => index.has(node)).map((node) => index.get(node));
  const kept = staying(now);
  let last = document.getElementById("system");
  if (last?.parentElement !== parent) last = null;
  wanted.forEach((node, place) => {
    if (!kept.has(place)) move(parent, node, last ? last.nextElementSibling : parent.firstElementChild);
    last = node;
  });
}
