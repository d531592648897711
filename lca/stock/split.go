package stock

import (
	"fmt"
	"math"
)

// Mass is what becomes of devices that leave a fleet, in kg. All are multiples of 2^-20 kg, about a milligram, a constant, so that
//
//	Retired = Reused + Collected + Uncollected
//	EWaste = Collected + Uncollected
//
// hold in float64 to the last bit, added in any order.
type Mass struct {
	Retired     float64 // rounded to the nearest multiple, half to even
	Reused      float64
	EWaste      float64 // what is not reused
	Collected   float64 // for recycling
	Uncollected float64
}

// Split parts the mass of devices that leave a fleet, in kg. The share reuse of it is reused; of the rest the share collection is collected for recycling. Shares
// are from 0 to 1. Shares of the mass are rounded to the nearest multiple; uncollected is what is left.
func Split(mass, reuse, collection float64) (Mass, error) {
	retired, err := toGrid(mass)
	if err != nil {
		return Mass{}, fmt.Errorf("mass: %w", err)
	}
	if !(reuse >= 0 && reuse <= 1) {
		return Mass{}, fmt.Errorf("the share %v that is reused is not within 0 to 1", reuse)
	}
	if !(collection >= 0 && collection <= 1) {
		return Mass{}, fmt.Errorf("the share %v that is collected is not within 0 to 1", collection)
	}
	reused := shareOf(retired, reuse)
	waste := retired - reused
	collected := shareOf(waste, collection)
	return Mass{fromGrid(retired), fromGrid(reused), fromGrid(waste), fromGrid(collected), fromGrid(waste - collected)}, nil
}

// shareOf is a share of quanta, rounded to the nearest, half to even.
func shareOf(quanta int64, share float64) int64 {
	return int64(math.RoundToEven(float64(quanta) * share))
}
