˜
ä
.
Identity

input"T
output"T"	
Ttype

NoOp
C
Placeholder
output"dtype"
dtypetype"
shapeshape:
e
PyFunc
input2Tin
output2Tout"
tokenstring"
Tin
list(type)("
Tout
list(type)(ˆ"serve*2.3.22v2.3.1-38-g9edbe5075f7¥
\
xPlaceholder*#
_output_shapes
:ÿÿÿÿÿÿÿÿÿ*
dtype0*
shape:ÿÿÿÿÿÿÿÿÿ
_
PyFuncPyFuncx*
Tin
2*
Tout
2*
_output_shapes
:*
token
pyfunc_0
8
yIdentityPyFunc*
T0*
_output_shapes
:

initNoOp

init_all_tablesNoOp"¸*^
serving_defaultK

x
x:0ÿÿÿÿÿÿÿÿÿ
y
y:0tensorflow/serving/predict