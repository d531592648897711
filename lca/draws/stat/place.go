package stat

import "math"

// Place is a number's place in the order of all float64, as a whole number. -0 has that of 0.
func Place(x float64) uint64 {
	b := math.Float64bits(x + 0)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// At is the number at a place.
func At(place uint64) float64 {
	if place>>63 != 0 {
		return math.Float64frombits(place &^ (1 << 63))
	}
	return math.Float64frombits(^place)
}
