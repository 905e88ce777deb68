echo ${greeting}, ${upper(name)}
