package study

// numbers numbers what it is asked for from 0, in order of appearance.
type numbers[K comparable] struct {
	all []K
	at  map[K]int
}

// number is that of a key, which gets one if it has none.
func (n *numbers[K]) number(k K) int {
	i, ok := n.at[k]
	if !ok {
		if n.at == nil {
			n.at = map[K]int{}
		}
		i = len(n.all)
		n.at[k] = i
		n.all = append(n.all, k)
	}
	return i
}
