package column

// Memo translates a dictionary's strings once each, in the order of their codes. A reader that meets new strings publishes a longer
// Dict which shares its beginning with the one before: of such a Dict only the new strings are translated. Any other Dict starts the
// Memo over. The zero value is ready; a Memo belongs to one goroutine.
type Memo[T any] struct {
	seen []string
	out  []T
}

// Of returns the translations by code. The slice is the Memo's until its next use.
func (m *Memo[T]) Of(d *Dict, translate func(text string) T) []T {
	if d == nil {
		return nil
	}
	if !d.Continues(m.seen) {
		m.out = m.out[:0]
	}
	for i := len(m.out); i < len(d.Values); i++ {
		m.out = append(m.out, translate(d.Values[i]))
	}
	m.seen = d.Values
	return m.out
}

// Forget drops the translations and lets go of the dictionary.
func (m *Memo[T]) Forget() { m.seen, m.out = nil, m.out[:0] }

// Continues reports whether the dictionary is known to begin with the given values, those of a Dict published before, without
// comparing them: it is where both share memory. A dictionary that grew beyond its memory and was copied does not count.
func (d *Dict) Continues(values []string) bool {
	return len(values) == 0 || len(d.Values) >= len(values) && &d.Values[0] == &values[0]
}
