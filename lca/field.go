package lca

// FieldType is what a table's column means, whatever file it stands in.
type FieldType uint8

const (
	Number  FieldType = iota // float64
	Integer                  // whole, within ±2^53
	Text
	Date // a calendar day or an instant; in memory days since 1970-01-01 UTC
	Boolean
)

var fieldTypes = [...]string{"number", "integer", "string", "date", "boolean"}

func (t FieldType) String() string { return fieldTypes[t] }

// ParseFieldType reads a type's name.
func ParseFieldType(name string) (FieldType, bool) {
	for i, n := range fieldTypes {
		if n == name {
			return FieldType(i), true
		}
	}
	return 0, false
}

// Field describes a column of a table.
type Field struct {
	Name     string
	Type     FieldType
	Unit     string   // canonical; "" for what has none
	Required bool     // no row may lack it
	Values   []string // the words that may stand in it; nil for any
	Doc      string
}
