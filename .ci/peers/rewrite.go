// Command rewrite copies an inventory with ailca's own Parquet writer: go run ./.ci/peers IN OUT. Plain pages of version 1, snappy, row groups
// of 131,072 rows, as ailca and Arrow write them.
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "rewrite IN OUT")
		os.Exit(2)
	}
	if err := rewrite(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "rewrite:", err)
		os.Exit(1)
	}
}

func rewrite(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	file, err := parquet.Open(from, in, info.Size())
	if err != nil {
		return err
	}
	var fields []lca.Field
	var columns []int
	for i, c := range file.Columns() {
		fields, columns = append(fields, lca.Field{Name: c.Name, Type: c.Type, Unit: c.Unit, Required: !c.Nullable}), append(columns, i)
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	buffer := bufio.NewWriterSize(out, 1<<20)
	table, err := parquet.Create(buffer, fields, nil)
	if err != nil {
		return err
	}
	for g := range file.RowGroups() {
		if err := group(file, g, columns, table); err != nil {
			return err
		}
	}
	if err := table.Close(); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	return out.Close()
}

// group copies a row group.
func group(file *parquet.File, g int, columns []int, table *parquet.Writer) error {
	rows, err := file.Read(g, columns)
	if err != nil {
		return err
	}
	defer rows.Close()
	var batch column.Batch
	for {
		more, err := rows.Next(&batch)
		if !more || err != nil {
			return err
		}
		if err := table.Write(&batch); err != nil {
			return err
		}
	}
}
