package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAPlaceKeepsTheOrderOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if math.IsNaN(a) || math.IsNaN(b) {
			return
		}
		if (a < b) != (Place(a) < Place(b)) || At(Place(a)) != a {
			t.Fatalf("%v is at %x, %v at %x", a, Place(a), b, Place(b))
		}
	})
}
