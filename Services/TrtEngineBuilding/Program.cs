using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.ServiceDefaults.Backends;
using QatPipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<BuildStage>());
builder.AddModelBackend("onnx-runtime", OrtCpuBackend.LoadNow);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
