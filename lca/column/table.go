package column

// Table is a small table held whole in memory, for what other tables refer to: the hardware catalogue, for example. It is
// immutable once built and may be shared.
type Table struct {
	Rows  int
	Names []string // of the columns
	Data  []Column // of equal length Rows; one Dict a column
}

// Lookup returns the column of a name.
func (t *Table) Lookup(name string) (*Column, bool) {
	for i, n := range t.Names {
		if n == name {
			return &t.Data[i], true
		}
	}
	return nil, false
}
