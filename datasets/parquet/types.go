package parquet

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Accepted is a way in which a file may hold a canonical type.
type Accepted struct {
	Type     lca.FieldType
	Physical string // Parquet's physical type
	Logical  string // Parquet's logical type
	Note     string // what is converted or refused; may be empty
}

// AcceptedTypes says which Parquet types each canonical type accepts. The check of a file and the documentation both come from it.
// A canonical type's first row is the one that is written.
var AcceptedTypes = []Accepted{
	{lca.Number, "DOUBLE", "none", "NaN and infinity are refused"},
	{lca.Number, "FLOAT", "none", "NaN and infinity are refused"},
	{lca.Number, "INT32", "none or INT of 8 to 32 bits, signed or not", ""},
	{lca.Number, "INT64", "none or INT of 64 bits, signed or not", "refused beyond 2^53"},
	{lca.Number, "INT32 or INT64", "DECIMAL", "nearest float64; unscaled values beyond 2^53 are refused"},
	{lca.Integer, "INT64", "none or INT of 64 bits, signed or not", "refused beyond 2^53"},
	{lca.Integer, "INT32", "none or INT of 8 to 32 bits, signed or not", ""},
	{lca.Integer, "INT32 or INT64", "DECIMAL", "refused unless whole"},
	{lca.Integer, "DOUBLE", "none", "refused unless whole and within 2^53"},
	{lca.Text, "BYTE_ARRAY", "STRING, ENUM or none", "refused unless UTF-8; at most 64 KiB"},
	{lca.Date, "INT32", "DATE", "years 1 to 9999"},
	{lca.Date, "INT64", "TIMESTAMP in ms, us or ns", "taken as UTC; years 1 to 9999"},
	{lca.Boolean, "BOOLEAN", "none", ""},
}

// carrier is how a column's values lie in the file.
type carrier uint8

const (
	foreign carrier = iota // nothing here reads it
	double
	single
	int32s
	uint32s
	int64s
	uint64s
	decimal32
	decimal64
	bytesText
	days
	millis
	micros
	nanos
	bools
)

// carried lists each canonical type's carriers: AcceptedTypes as the code uses it.
var carried = map[lca.FieldType][]carrier{
	lca.Number:  {double, single, int32s, uint32s, int64s, uint64s, decimal32, decimal64},
	lca.Integer: {int64s, uint64s, int32s, uint32s, decimal32, decimal64, double},
	lca.Text:    {bytesText},
	lca.Date:    {days, millis, micros, nanos},
	lca.Boolean: {bools},
}

// natural is the canonical type that a carrier has where nobody asks for another.
func (c carrier) natural() lca.FieldType {
	switch c {
	case int32s, uint32s, int64s, uint64s:
		return lca.Integer
	case bytesText:
		return lca.Text
	case days, millis, micros, nanos:
		return lca.Date
	case bools:
		return lca.Boolean
	}
	return lca.Number
}

// classify finds a column's carrier and decimal scale; for a column that nothing here reads, hint says what to write instead.
func classify(c *schema.Column) (as carrier, scale int32, hint string) {
	logical := c.LogicalType()
	none := logical == nil || logical.IsNone()
	switch c.PhysicalType() {
	case parquet.Types.Double:
		if none {
			return double, 0, ""
		}
	case parquet.Types.Float:
		if none {
			return single, 0, ""
		}
	case parquet.Types.Boolean:
		if none {
			return bools, 0, ""
		}
	case parquet.Types.ByteArray:
		switch logical.(type) {
		case schema.StringLogicalType, schema.EnumLogicalType:
			return bytesText, 0, ""
		case *schema.DecimalLogicalType:
			return foreign, 0, "write it as DOUBLE, or as DECIMAL over INT64"
		}
		if none {
			return bytesText, 0, ""
		}
	case parquet.Types.FixedLenByteArray:
		return foreign, 0, "write numbers as DOUBLE, or as DECIMAL over INT64, and text as STRING"
	case parquet.Types.Int96:
		return foreign, 0, "INT96 is long deprecated: write dates as DATE or TIMESTAMP"
	case parquet.Types.Int32:
		if none {
			return int32s, 0, ""
		}
		switch l := logical.(type) {
		case schema.DateLogicalType:
			return days, 0, ""
		case *schema.IntLogicalType:
			if l.IsSigned() {
				return int32s, 0, ""
			}
			return uint32s, 0, ""
		case *schema.DecimalLogicalType:
			return decimal32, l.Scale(), ""
		}
	case parquet.Types.Int64:
		if none {
			return int64s, 0, ""
		}
		switch l := logical.(type) {
		case *schema.IntLogicalType:
			if l.IsSigned() {
				return int64s, 0, ""
			}
			return uint64s, 0, ""
		case *schema.DecimalLogicalType:
			return decimal64, l.Scale(), ""
		case *schema.TimestampLogicalType:
			switch l.TimeUnit() {
			case schema.TimeUnitMillis:
				return millis, 0, ""
			case schema.TimeUnitMicros:
				return micros, 0, ""
			case schema.TimeUnitNanos:
				return nanos, 0, ""
			}
		}
	}
	return foreign, 0, "no canonical type is read from it"
}

// Accepts reports whether a column can be read as a canonical type.
func (c *Column) Accepts(t lca.FieldType) bool {
	for _, a := range carried[t] {
		if a == c.as {
			return true
		}
	}
	return false
}

// Describe lists in words what a canonical type is read from, for messages.
func Describe(t lca.FieldType) string {
	var ways []string
	for _, a := range AcceptedTypes {
		if a.Type == t {
			ways = append(ways, fmt.Sprintf("%s (%s)", a.Physical, a.Logical))
		}
	}
	return strings.Join(ways, ", ")
}
