package parquet

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// maxDictionary is what a chunk's dictionary holds at most, each text with its length before it. A dictionary that overflows would make the footer's order
// depend on a map.
const maxDictionary = 64 << 20

// heldTexts gathers the texts of a column's rows that have one, of one row group: codes of a dictionary in the order of first appearance, as it is written.
type heldTexts struct {
	codes  []int32
	values []string
	bytes  int // of the dictionary
	known  map[string]int32
	dict   *column.Dict // of the batch that is taken
	of     []int32      // of each of its codes: 1 + the code here; 0: not met
}

// begin takes codes of a batch's dictionary from now on.
func (h *heldTexts) begin(d *column.Dict) {
	h.dict = d
	if d == nil {
		return // no row has a value
	}
	if cap(h.of) < len(d.Values) {
		h.of = make([]int32, len(d.Values))
		return
	}
	h.of = h.of[:len(d.Values)]
	clear(h.of)
}

func (h *heldTexts) take(code int32) {
	if h.of[code] == 0 {
		text := h.dict.Values[code]
		id, ok := h.known[text]
		if !ok {
			if h.known == nil {
				h.known = map[string]int32{}
			}
			id = int32(len(h.values))
			h.known[text] = id
			h.values = append(h.values, text)
			h.bytes += textBytes(text)
		}
		h.of[code] = 1 + id
	}
	h.codes = append(h.codes, h.of[code]-1)
}

// textBytes is what a text takes in a dictionary.
func textBytes(text string) int { return arrow.Uint32SizeBytes + len(text) }

func (h *heldTexts) clear() {
	h.codes, h.bytes = h.codes[:0], 0
	clear(h.values)
	h.values = h.values[:0]
	clear(h.known)
}

// write hands the column on: as a dictionary and its codes, which spares the library looking up each text, or, where the dictionary would overflow, as
// texts. The bytes of the file are the same.
func (h *heldTexts) write(cw *file.ByteArrayColumnChunkWriter, levels []int16, required bool) error {
	dictionary, ok := cw.CurrentEncoder().(interface{ PutDictionary(arrow.Array) error })
	if !ok || h.bytes >= maxDictionary {
		texts := make([]string, len(h.codes))
		for i, code := range h.codes {
			texts[i] = h.values[code]
		}
		return steps(levels, required, texts, cw.WriteBatch, func(v string) parquet.ByteArray { return parquet.ByteArray(v) })
	}
	values := h.dictionary()
	defer values.Release()
	if err := dictionary.PutDictionary(values); err != nil {
		return err
	}
	return h.writeCodes(cw, levels, required)
}

// dictionary is the texts as the library takes them.
func (h *heldTexts) dictionary() arrow.Array {
	offsets := make([]byte, 0, arrow.Int32SizeBytes*(len(h.values)+1))
	text := make([]byte, 0, h.bytes)
	offsets = binary.LittleEndian.AppendUint32(offsets, 0)
	for _, v := range h.values {
		text = append(text, v...)
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(text)))
	}
	data := array.NewData(arrow.BinaryTypes.Binary, len(h.values), []*memory.Buffer{nil, memory.NewBufferBytes(offsets), memory.NewBufferBytes(text)}, nil, 0, 0)
	defer data.Release()
	return array.NewBinaryData(data)
}

// writeCodes hands the codes on, in steps as all columns. The library wants a place for each row, and which of them have a value.
func (h *heldTexts) writeCodes(cw *file.ByteArrayColumnChunkWriter, levels []int16, required bool) error {
	codes := h.codes
	places := make([]int32, stepRows)
	for len(levels) > 0 {
		n := min(stepRows, len(levels))
		valid, missing := make([]byte, (stepRows+7)/8), 0
		for i, l := range levels[:n] {
			if l == 0 {
				missing++
				continue
			}
			places[i], codes = codes[0], codes[1:]
			valid[i>>3] |= 1 << (i & 7)
		}
		var bitmap *memory.Buffer
		if missing > 0 {
			bitmap = memory.NewBufferBytes(valid)
		}
		data := array.NewData(arrow.PrimitiveTypes.Int32, n, []*memory.Buffer{bitmap, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(places[:n]))}, nil, missing, 0)
		defs := levels[:n]
		if required {
			defs = nil
		}
		indices := array.NewInt32Data(data)
		err := cw.WriteDictIndices(indices, defs, nil)
		indices.Release()
		data.Release()
		if err != nil {
			return err
		}
		levels = levels[n:]
	}
	return nil
}
