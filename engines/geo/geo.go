// Package geo calculates with positions on the earth: degrees of latitude and
// longitude, north and east positive, as JGD2011 and WGS 84 give them (the two
// agree within a metre in Japan).
package geo

import "math"

// Metres returns the distance between two positions along the ground, by the
// haversine formula on a sphere of 6371 km: within half a percent.
func Metres(lat1, lng1, lat2, lng2 float64) float64 {
	const radius, degree = 6_371_000, math.Pi / 180
	dLat, dLng := (lat2-lat1)*degree/2, (lng2-lng1)*degree/2
	h := math.Sin(dLat)*math.Sin(dLat) + math.Cos(lat1*degree)*math.Cos(lat2*degree)*math.Sin(dLng)*math.Sin(dLng)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}

// InJapan reports whether the position lies within Japan's outermost islands
// (20°25′N to 45°33′N, 122°56′E to 153°59′E; 国土地理院).
func InJapan(lat, lng float64) bool { return lat >= 20.4 && lat <= 45.6 && lng >= 122.9 && lng <= 154 }
