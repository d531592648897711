package engine

import (
	"context"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// opened notes the columns that a scan asks for.
type opened struct {
	*memorySource
	columns []string
}

func (o *opened) Open(ctx context.Context, part int, columns []string) (Reader, error) {
	o.columns = slices.Clone(columns)
	return o.memorySource.Open(ctx, part, columns)
}

func TestAPlanNamesTheColumnsThatAScanReads(t *testing.T) {
	s := &opened{memorySource: oneFile([]row{{"amount": 1.0, "year": 2024.0}})}
	space := &amounts.Space{}
	inv := inventoryOf(s, space)
	plan := inv.Plan()
	if s.columns != nil {
		t.Error("a plan opened the file")
	}
	if _, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: 1}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plan.Columns, s.columns) {
		t.Errorf("planned %q, read %q", plan.Columns, s.columns)
	}
}

func TestAPlanSaysWhatPatternsAreToldApartBy(t *testing.T) {
	inv := patterned(oneFile(nil), &amounts.Space{}, 0, "amount", "t_region")
	plan := inv.Plan()
	if !plan.ByPattern || !plan.Year || plan.Dated != nil {
		t.Errorf("%+v", plan)
	}
	if want := []string{"t_region", "t_scope", "t_basis"}; !slices.Equal(plan.Words, want) {
		t.Errorf("by words in %q, want %q", plan.Words, want)
	}
	if want := []string{"amount", "t_part_of", "t_alternative_to"}; !slices.Equal(plan.Presences, want) {
		t.Errorf("by values in %q, want %q", plan.Presences, want)
	}

	// A flow with a date of its own: its years differ from row to row.
	inv = inventoryOf(oneFile(nil), &amounts.Space{})
	if plan := inv.Plan(); plan.ByPattern || !slices.Equal(plan.Dated, []string{"made"}) {
		t.Errorf("%+v", plan)
	}
}
