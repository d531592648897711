package study

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// writtenRecord is a sort of record that the program writes beside what it makes, and reads again where the folder may come from a stranger.
type writtenRecord struct {
	of     string // what writes it: a run
	format int    // that this version of the program writes, and reads
	again  string // how to have another: run the study again
}

// parseWritten reads a record's text, which must be written as the program writes it, to the byte: what a reader of JSON would pass over, such as another case of a key or a key that stands
// twice, is no record. Nor is one of which wrong says anything. The place of the problem is left open.
func parseWritten[T any, P interface {
	*T
	wrong() string
}](text []byte, sort writtenRecord) (P, *diag.Problem) {
	none := func(code diag.Code, why any) *diag.Problem {
		return &diag.Problem{Code: code, Message: fmt.Sprintf("not the record of %s: %v", sort.of, why)}
	}
	var form struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(text, &form); err != nil {
		return nil, none(diag.Syntax, err)
	}
	if form.Format != sort.format {
		return nil, &diag.Problem{Code: diag.BadValue, Message: fmt.Sprintf("the record has format %d; this version of the program reads %d", form.Format, sort.format),
			Hint: "use the version of ailca that wrote the folder, or " + sort.again}
	}
	r := P(new(T))
	if err := json.Unmarshal(text, r); err != nil {
		return nil, none(diag.BadType, err)
	}
	var again bytes.Buffer
	if err := writeJSON(&again, r); err != nil || !bytes.Equal(again.Bytes(), text) {
		return nil, &diag.Problem{Code: diag.Syntax, Message: fmt.Sprintf("not as %s writes it: it was changed afterwards", sort.of), Hint: "fetch the folder again, or " + sort.again}
	}
	if wrong := r.wrong(); wrong != "" {
		return nil, none(diag.BadValue, wrong)
	}
	return r, nil
}

// tooLarge is that a file has more bytes than are read.
type tooLarge struct{ most int64 }

func (e tooLarge) Error() string {
	return fmt.Sprintf("it has more than %d bytes, which is the most that is read", e.most)
}

// readWithin reads a file of a folder, of at most so many bytes: of a larger one nothing is held, and the error is a tooLarge.
func readWithin(root *os.Root, name string, most int64) ([]byte, error) {
	f, size, err := openWithin(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > most {
		return nil, tooLarge{most}
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1)) // it may grow
	if err == nil && int64(len(text)) > most {
		return nil, tooLarge{most}
	}
	return text, err
}

// unreadCode is the code of an error of reading a file: that of a file that is too large, or another.
func unreadCode(err error, otherwise diag.Code) diag.Code {
	if _, is := err.(tooLarge); is {
		return diag.TooLarge
	}
	return otherwise
}
