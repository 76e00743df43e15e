// Package counter lets a clerk enter an application on paper in one screen.
package counter
