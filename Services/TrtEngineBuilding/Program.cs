using QatPipeline.Engines;
using QatPipeline.Pipeline.Stages;
using QatPipeline.ServiceDefaults.Backends;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<BuildStage>());
builder.AddModelBackend("onnx-runtime", OrtCpuBackend.LoadNow);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
