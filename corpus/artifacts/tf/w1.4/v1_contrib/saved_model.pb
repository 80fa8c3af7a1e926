À
êÁ
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
B
	Resampler	
data"T	
warp"T
output"T"
Ttype:
2"serve*1.4.02v1.4.0-rc1-11-g130a514¯
f
imagePlaceholder*
shape:*
dtype0*&
_output_shapes
:
e
warpPlaceholder*
shape:*
dtype0*&
_output_shapes
:
^
resampler/Resampler	Resamplerimagewarp*
T0*&
_output_shapes
:
S
yIdentityresampler/Resampler*
T0*&
_output_shapes
:

initNoOp

init_all_tablesNoOp"*ž
serving_defaultŠ
$
warp
warp:0
&
image
image:0
y
y:0tensorflow/serving/predict