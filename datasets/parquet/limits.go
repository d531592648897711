package parquet

import "github.com/ai-impact-observatory/ailca/lca/column"

// Limits of a file that is read. They are far above what writers produce by default and keep the memory of a reader bounded,
// whatever a file declares.
const (
	maxFooter     = 64 << 20  // bytes of a footer
	maxColumns    = 4096      // of a file
	maxRowGroups  = 1 << 17   // of a file
	maxRows       = 1 << 34   // of a file
	maxPage       = 64 << 20  // bytes of a page, decompressed
	maxHeld       = 512 << 20 // bytes of pages that one Reader holds at a time
	maxHeader     = 1 << 20   // bytes of a page's header
	maxAhead      = 1 << 20   // bytes of a column that are read before they are asked for
	maxPageValues = 1 << 26   // rows of a page
	maxDelta      = 1 << 20   // rows of a delta-encoded page
	maxStrings    = 1 << 20   // distinct strings of a column in a row group
	maxString     = 64 << 10  // bytes of a string
	maxText       = 256 << 20 // bytes of a column's distinct strings in a row group
	maxInteger    = 1 << 53   // beyond it float64 no longer holds every whole number

	// BatchRows is how many rows Reader.Next yields at most.
	BatchRows = column.BatchRows
)
