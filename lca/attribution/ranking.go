package attribution

import "fmt"

// Exceeds is the probability that a is larger than b, as the share of draws in which it is, those of equal values counted half. Draw by draw both come from
// the same values of what they share, so that it cancels; a and b are of one length, above 0.
func Exceeds(a, b []float64) float64 {
	twice := 0
	for i, x := range a {
		switch y := b[i]; {
		case x > y:
			twice += 2
		case x == y:
			twice++
		}
	}
	return float64(twice) / float64(2*len(a))
}

// Order is how one result stands to another.
type Order int8

const (
	NotDistinguishable Order = 0
	Larger             Order = 1
	Smaller            Order = -1
)

// Compare tells how a result stands to another which it exceeds with a probability p: NotDistinguishable where 1 - threshold ≤ p ≤ threshold. The threshold
// is 0.5 to 1, 0.9 usually.
func Compare(p, threshold float64) Order {
	switch {
	case p > threshold:
		return Larger
	case 1-p > threshold:
		return Smaller
	}
	return NotDistinguishable
}

// Rank is the interval of places that an item of a list may take, of 1 for the largest: as many items stand above First as are larger than it at the
// threshold, and as many below Last as are smaller. An item whose First is Last has that rank.
type Rank struct {
	First, Last int
}

// Ranks compares each two items by their paired draws, all of one length. The order that it stands for need not be total: a may be larger than c at the
// threshold and b be distinguishable from neither. The cost is that of the pairs times the draws: for lists of some hundreds.
func Ranks(items [][]float64, threshold float64) ([]Rank, error) {
	ranks := make([]Rank, len(items))
	for i := range ranks {
		ranks[i] = Rank{1, len(items)}
		if len(items[i]) == 0 || len(items[i]) != len(items[0]) {
			return nil, fmt.Errorf("item %d has %d draws, and the first %d", i, len(items[i]), len(items[0]))
		}
	}
	if !(0.5 <= threshold && threshold <= 1) {
		return nil, fmt.Errorf("a threshold of %v: a probability of 0.5 to 1 is needed", threshold)
	}
	for i := range items {
		for j := range i {
			switch Compare(Exceeds(items[i], items[j]), threshold) {
			case Larger:
				ranks[i].Last--
				ranks[j].First++
			case Smaller:
				ranks[i].First++
				ranks[j].Last--
			}
		}
	}
	return ranks, nil
}
