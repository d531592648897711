package datasets

import "slices"

// Recognise finds the kind of an inventory: the one that its metadata names, else the one that knows most of its columns, where no other knows
// as many and it knows at least half of them. A column that is a kind's id counts for as much as all columns together.
func Recognise(stated string, columns []string) (*Kind, bool) {
	if k, ok := KindByName(stated); ok {
		return k, true
	}
	var best *Kind
	most, twice := 0, false
	for _, k := range Kinds() {
		known := 0
		for _, c := range columns {
			if _, ok := k.Column(c); ok {
				known++
			}
		}
		if slices.Contains(columns, k.ID) {
			known += len(columns)
		}
		switch {
		case known > most:
			best, most, twice = k, known, false
		case known == most:
			twice = true
		}
	}
	if best == nil || twice || 2*most < len(columns) {
		return nil, false
	}
	return best, true
}
