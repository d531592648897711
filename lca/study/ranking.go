package study

import "slices"

// ranking keeps the first of what it is given, by an order. Of what the order does not tell apart, what came first stands first.
type ranking[T any] struct {
	most    int
	compare func(a, b *T) int
	kept    []T // in order
}

// enters reports whether something would be kept.
func (r *ranking[T]) enters(x *T) bool {
	return len(r.kept) < r.most || r.most > 0 && r.compare(x, &r.kept[len(r.kept)-1]) < 0
}

// add takes one more, and returns what is not kept, if there is anything.
func (r *ranking[T]) add(x T) (dropped T, any bool) {
	if !r.enters(&x) {
		return x, true
	}
	at := len(r.kept)
	for at > 0 && r.compare(&x, &r.kept[at-1]) < 0 {
		at--
	}
	if any = len(r.kept) == r.most; any {
		dropped, r.kept = r.kept[len(r.kept)-1], r.kept[:len(r.kept)-1]
	}
	r.kept = slices.Insert(r.kept, at, x)
	return dropped, any
}
