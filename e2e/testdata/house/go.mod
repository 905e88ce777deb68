module planted.test/house

go 1.26.0
